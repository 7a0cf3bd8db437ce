import { type EventStore, ignoreUnmetCondition, taggedWith } from "@eventfold/store";

/** What can happen to orders. */
export type OrderEvents = {
  "order-placed": { total: number };
};

/** An order, as a form sends it: maybe twice, by an impatient customer or a browser that tries again. */
export interface SubmittedOrder {
  readonly orderId: string;
  readonly total: number;
  /** Made with the form, once. */
  readonly submissionId: string;
}

/**
 * Places an order unless the same form was submitted before. There is nothing to read: the query says that no event may ever have had the
 * tag.
 *
 * @returns whether this call has placed it.
 */
export async function placeOrder(
  store: EventStore,
  { orderId, total, submissionId }: SubmittedOrder,
): Promise<boolean> {
  const submission = `submission:${submissionId}`;
  const placed = await ignoreUnmetCondition(() =>
    store.stream<OrderEvents>({ category: "orders", stream: orderId }).publish({
      events: [{ name: "order-placed", payload: { total }, tags: [submission] }],
      failIf: taggedWith(submission),
    }),
  );
  return placed !== undefined;
}
