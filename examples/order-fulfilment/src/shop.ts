import type { EventStore } from "@eventfold/store";
import type { OrderEvents } from "./order.ts";
import type { StockEvents } from "./stock.ts";
import type { WalletEvents } from "./wallet.ts";

export type ShopEvents = OrderEvents & StockEvents & WalletEvents;

/** Where the events of the shop are. */
export function shopIn(store: EventStore) {
  return {
    orders: store.category<OrderEvents>("orders"),
    stocks: store.category<StockEvents>("stocks"),
    wallets: store.category<WalletEvents>("wallets"),
    everything: store.log<ShopEvents>(),
  };
}

export type Shop = ReturnType<typeof shopIn>;
