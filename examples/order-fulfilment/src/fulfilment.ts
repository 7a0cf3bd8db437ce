import { processCommand, processManager } from "@eventfold/commands";
import { order } from "./order.ts";
import type { Shop } from "./shop.ts";
import { stock } from "./stock.ts";
import { wallet } from "./wallet.ts";

/** Reserves the goods of an order, takes the payment, confirms it; and undoes what was done when one of them is declined. */
export function fulfilmentOf({ orders, stocks, wallets, everything }: Shop) {
  const confirm = (id: string) =>
    processCommand({ decider: order, target: orders.stream(id), command: { type: "confirm", order: id } });
  const cancel = (id: string, reason: string) =>
    processCommand({ decider: order, target: orders.stream(id), command: { type: "cancel", order: id, reason } });

  return processManager({
    name: "fulfilment",
    source: everything,
    processTag: ({ tags }) => tags.find((tag) => tag.startsWith("order:")),
    initialState: () => ({ customer: "", sku: "", total: 0 }),
    evolve: {
      "order-placed": (_, { payload: { customer, sku, total } }) => ({ customer, sku, total }),
    },
    on: {
      "order-placed": ({ payload: { order, sku, quantity } }) =>
        processCommand({ decider: stock, target: stocks.stream(sku), command: { type: "reserve", order, quantity } }),
      "goods-reserved": ({ payload: { order } }, { customer, total }) =>
        processCommand({
          decider: wallet,
          target: wallets.stream(customer),
          command: { type: "pay", order, amount: total },
        }),
      "reservation-declined": ({ payload }) => cancel(payload.order, "The goods are sold out."),
      "payment-taken": ({ payload }) => confirm(payload.order),
      "payment-declined": ({ payload: { order } }, { sku }) => [
        processCommand({ decider: stock, target: stocks.stream(sku), command: { type: "release", order } }),
        cancel(order, "The payment was declined."),
      ],
    },
  });
}
