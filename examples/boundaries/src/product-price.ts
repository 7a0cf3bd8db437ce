import { type EventStore, eventsMatch, retryOnUnmetCondition, type StoredEvent } from "@eventfold/store";

/** What can happen to products and orders. */
export type ShopEvents = {
  "product-defined": { productId: string; price: number };
  "product-price-changed": { productId: string; price: number };
  "products-ordered": { items: readonly OrderedItem[] };
};

/** A product, and the price that the customer was shown. */
export interface OrderedItem {
  readonly productId: string;
  readonly price: number;
}

/** For how long a price that was replaced may still be ordered at. */
export const GRACE_MS = 10 * 60 * 1_000;

const productStream = (store: EventStore, productId: string) =>
  store.stream<ShopEvents>({ category: "products", stream: productId });

/** Offers a product at a price. */
export async function defineProduct(store: EventStore, { productId, price }: OrderedItem): Promise<void> {
  await productStream(store, productId).publish({
    events: [{ name: "product-defined", payload: { productId, price }, tags: [`product:${productId}`] }],
  });
}

/** Changes the price of a product. */
export async function changePrice(store: EventStore, { productId, price }: OrderedItem): Promise<void> {
  await productStream(store, productId).publish({
    events: [{ name: "product-price-changed", payload: { productId, price }, tags: [`product:${productId}`] }],
  });
}

/**
 * Orders products at the prices that were shown, if those are valid still. The boundary is the prices of exactly these products. That
 * others order them meanwhile changes nothing, for the items name the events that count.
 */
export async function orderProducts(store: EventStore, orderId: string, items: readonly OrderedItem[]): Promise<void> {
  const tags = [...new Set(items.map(({ productId }) => `product:${productId}`))];
  const [first, ...rest] = tags.map((tag) => ({
    names: ["product-defined", "product-price-changed"] as const,
    tags: [tag],
  }));
  if (first === undefined) throw new Error("There is nothing in the order.");
  await retryOnUnmetCondition(async () => {
    const { events, changed } = await store.boundary<ShopEvents>(eventsMatch(first, ...rest));
    for (const item of items) {
      if (!validPrices(item.productId, events).includes(item.price)) {
        throw new Error(`${item.productId} is not sold at ${item.price}.`);
      }
    }
    await store.stream<ShopEvents>({ category: "orders", stream: orderId }).publish({
      events: [{ name: "products-ordered", payload: { items }, tags }],
      failIf: changed,
    });
  });
}

/** The price of now, and those that were replaced a short while ago. */
function validPrices(productId: string, events: readonly StoredEvent<ShopEvents>[]): number[] {
  const prices: { readonly price: number; readonly from: number }[] = [];
  for (const { name, payload, occurredAt } of events) {
    if (name === "products-ordered" || payload.productId !== productId) continue;
    prices.push({ price: payload.price, from: occurredAt.getTime() });
  }
  const isValid = (index: number) => {
    const replacedAt = prices[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    return Date.now() - replacedAt < GRACE_MS;
  };
  return prices.filter((_, index) => isValid(index)).map(({ price }) => price);
}
