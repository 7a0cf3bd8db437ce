import { readFileSync } from "node:fs";
import { MemoryEventStorageAdapter } from "@eventfold/adapter-memory";
import { processCommand } from "@eventfold/commands";
import { EventStore } from "@eventfold/store";
import { specification } from "@eventfold/testing";
import { describe, expect, it } from "vitest";
import { fulfilmentOf } from "../src/fulfilment.ts";
import { order } from "../src/order.ts";
import { shopIn } from "../src/shop.ts";
import { stock } from "../src/stock.ts";
import { wallet } from "../src/wallet.ts";

const shop = shopIn(new EventStore({ adapter: await MemoryEventStorageAdapter.open() }));
const fulfilment = fulfilmentOf(shop);
const tags = ["order:o-1"];
const placed = {
  name: "order-placed",
  payload: { order: "o-1", customer: "ada", sku: "tea", quantity: 2, total: 30 },
  tags,
} as const;
const reserved = { name: "goods-reserved", payload: { order: "o-1", quantity: 2 }, tags } as const;

describe("the fulfilment of an order", () => {
  it("is the one that is printed in docs/commands.md", () => {
    const source = readFileSync(new URL("../src/fulfilment.ts", import.meta.url), "utf8");
    const documented = readFileSync(new URL("../../../docs/commands.md", import.meta.url), "utf8");
    expect(documented).toContain(source);
  });

  it("reserves the goods, takes the payment, and confirms the order", () => {
    specification(fulfilment)
      .given([])
      .when(placed)
      .then([
        processCommand({
          decider: stock,
          target: shop.stocks.stream("tea"),
          command: { type: "reserve", order: "o-1", quantity: 2 },
        }),
      ]);
    specification(fulfilment)
      .given([placed])
      .when(reserved)
      .then([
        processCommand({
          decider: wallet,
          target: shop.wallets.stream("ada"),
          command: { type: "pay", order: "o-1", amount: 30 },
        }),
      ]);
    specification(fulfilment)
      .given([placed, reserved])
      .when({ name: "payment-taken", payload: { order: "o-1", amount: 30 }, tags })
      .then([
        processCommand({
          decider: order,
          target: shop.orders.stream("o-1"),
          command: { type: "confirm", order: "o-1" },
        }),
      ]);
  });

  it("cancels the order when the goods are sold out", () => {
    specification(fulfilment)
      .given([placed])
      .when({ name: "reservation-declined", payload: { order: "o-1" }, tags })
      .then([
        processCommand({
          decider: order,
          target: shop.orders.stream("o-1"),
          command: { type: "cancel", order: "o-1", reason: "The goods are sold out." },
        }),
      ]);
  });

  it("releases the goods and cancels the order when the payment is declined", () => {
    specification(fulfilment)
      .given([placed, reserved])
      .when({ name: "payment-declined", payload: { order: "o-1" }, tags })
      .then([
        processCommand({
          decider: stock,
          target: shop.stocks.stream("tea"),
          command: { type: "release", order: "o-1" },
        }),
        processCommand({
          decider: order,
          target: shop.orders.stream("o-1"),
          command: { type: "cancel", order: "o-1", reason: "The payment was declined." },
        }),
      ]);
  });

  it("has nothing to do with what belongs to no order", () => {
    specification(fulfilment)
      .given([])
      .when({ name: "payment-declined", payload: { order: "o-1" } })
      .thenNothing();
  });
});
