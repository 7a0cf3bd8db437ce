import { type EventStore, retryOnUnmetCondition, taggedWith } from "@eventfold/store";

/** What can happen to invoices. */
export type InvoiceEvents = {
  "invoice-created": { number: number; total: number };
  "invoice-paid": { number: number };
};

const EVERY_INVOICE = "invoices";

const invoices = (store: EventStore) => store.category<InvoiceEvents>("invoices");

/**
 * Creates an invoice with the next number: from 1, without gaps, none twice. A boundary of all invoices would have to read them all. It
 * is enough to read the latest one, and to claim the number behind it by a tag that no event ever had.
 */
export async function createInvoice(store: EventStore, invoiceId: string, total: number): Promise<number> {
  return retryOnUnmetCondition(async () => {
    const number = (await latestNumber(store)) + 1;
    const claim = `invoice-number:${number}`;
    await invoices(store)
      .stream(invoiceId)
      .publish({
        events: [{ name: "invoice-created", payload: { number, total }, tags: [EVERY_INVOICE, claim] }],
        failIf: taggedWith(claim),
      });
    return number;
  });
}

/** Found by its tag, however many other events came after it. */
async function latestNumber(store: EventStore): Promise<number> {
  const constraints = [taggedWith(EVERY_INVOICE)];
  const [latest] = await invoices(store).read({ constraints, direction: "backwards", limit: 1 });
  return latest?.payload.number ?? 0;
}
