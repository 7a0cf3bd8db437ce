import { projectorFor } from "@eventfold/projections";
import type { EventCategory } from "@eventfold/store";

/** Something sold in a shop, its stream, to somebody. */
export type SaleEvents = { sold: { buyer: string; cents: number } };

/** What a buyer bought, in whatever shop. */
export interface Buyer {
  readonly sales: number;
  readonly cents: number;
  /** The numbers of the last sales, in order. */
  readonly last: readonly number[];
}

/** Of each buyer one projection, from all shops. */
export const buyerProjector = projectorFor<Buyer, SaleEvents>()({
  name: "buyer",
  source: "category",
  key: ({ payload }) => payload.buyer,
  initialState: () => ({ sales: 0, cents: 0, last: [] }),
  handlers: {
    sold: ({ sales, cents, last }, { payload, sequenceNumber }) => ({
      sales: sales + 1,
      cents: cents + payload.cents,
      last: [...last.slice(-4), sequenceNumber],
    }),
  },
});

/** Of each shop one projection. */
export const shopProjector = projectorFor<{ cents: number }, SaleEvents>()({
  name: "shop",
  initialState: () => ({ cents: 0 }),
  handlers: { sold: ({ cents }, { payload }) => ({ cents: cents + payload.cents }) },
});

/** Of all shops one projection. */
export const turnoverProjector = projectorFor<{ cents: number }, SaleEvents>()({
  name: "turnover",
  source: "category",
  id: () => "all",
  initialState: () => ({ cents: 0 }),
  handlers: { sold: ({ cents }, { payload }) => ({ cents: cents + payload.cents }) },
});

/** Publishes sales of some buyers in some shops, many at once. */
export async function publishSales(
  sales: EventCategory<SaleEvents>,
  { count, buyers = 23, shops = 7, from = 0 }: { count: number; buyers?: number; shops?: number; from?: number },
): Promise<void> {
  const all = Array.from({ length: count }, (_, n) => from + n);
  for (let start = 0; start < count; start += 500) {
    const byShop = Map.groupBy(all.slice(start, start + 500), (n) => `shop-${n % shops}`);
    const streams = [...byShop].map(([stream, own]) => ({
      stream,
      events: own.map((n) => ({ name: "sold" as const, payload: { buyer: `buyer-${(n * 7) % buyers}`, cents: n } })),
    }));
    await sales.publish({ streams });
  }
}
