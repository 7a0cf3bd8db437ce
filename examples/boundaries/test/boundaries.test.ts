import { randomUUID } from "node:crypto";
import { EventStore } from "@eventfold/store";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { COURSES_PER_STUDENT, changeCapacity, defineCourse, subscribe } from "../src/course-subscriptions.ts";
import { createInvoice, type InvoiceEvents } from "../src/invoice-number.ts";
import { confirmSignUp, requestSignUp, type SignUpEvents, VALID_FOR_MS } from "../src/opt-in-token.ts";
import { placeOrder } from "../src/prevent-duplicates.ts";
import { changePrice, defineProduct, GRACE_MS, orderProducts } from "../src/product-price.ts";
import { type AccountEvents, changeUsername, closeAccount, RETENTION_MS, register } from "../src/unique-username.ts";
import { DATABASES, type OpenedDatabase } from "./databases.ts";
import { RIVALS, rivals } from "./rivals.ts";

describe.each(DATABASES)("on $name", ({ open }) => {
  let database: OpenedDatabase;
  let store: EventStore;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database.close());
  beforeEach(() => {
    store = new EventStore({ adapter: database.adapter });
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** A name that no other test has: they share the database. */
  const fresh = (what: string) => `${what}-${randomUUID()}`;
  const afterMs = (ms: number) => vi.setSystemTime(Date.now() + ms);

  describe("course subscriptions", () => {
    it("let students take the seats that there are, and no course twice", async () => {
      const [course, ada, ben, cai] = [fresh("course"), fresh("ada"), fresh("ben"), fresh("cai")];
      await expect(subscribe(store, ada, course)).rejects.toThrow(`There is no course ${course}.`);
      await defineCourse(store, course, 2);
      await expect(defineCourse(store, course, 9)).rejects.toMatchObject({ code: "UNMET_WRITE_CONDITION" });
      await subscribe(store, ada, course);
      await expect(subscribe(store, ada, course)).rejects.toThrow(`${ada} takes ${course} already.`);
      await subscribe(store, ben, course);
      await expect(subscribe(store, cai, course)).rejects.toThrow(`${course} is full.`);
      await expect(changeCapacity(store, course, 1)).rejects.toThrow(`${course} has 2 students.`);
      await changeCapacity(store, course, 3);
      await subscribe(store, cai, course);
    });

    it("let a student take a few courses, whichever they are", async () => {
      const ada = fresh("ada");
      const courses = Array.from({ length: COURSES_PER_STUDENT + 1 }, () => fresh("course"));
      for (const course of courses) await defineCourse(store, course, 1);
      const [last = "", ...few] = courses;
      for (const course of few) await subscribe(store, ada, course);
      await expect(subscribe(store, ada, last)).rejects.toThrow(`${ada} takes ${COURSES_PER_STUDENT} courses already.`);
    });

    it("give no seat twice to rivals, and no student one course too many", async () => {
      const [course, ada] = [fresh("course"), fresh("ada")];
      await defineCourse(store, course, 3);
      const students = await rivals((rival) => subscribe(store, `${course}-student-${rival}`, course));
      expect(students.won).toHaveLength(3);
      expect(new Set(students.refusals)).toEqual(new Set([`${course} is full.`]));
      const courses = Array.from({ length: RIVALS }, () => fresh("course"));
      for (const one of courses) await defineCourse(store, one, 1);
      const taken = await rivals((rival) => subscribe(store, ada, courses[rival] ?? ""));
      expect(taken.won).toHaveLength(COURSES_PER_STUDENT);
    });
  });

  describe("a unique username", () => {
    it("is taken once, whatever its case", async () => {
      const name = fresh("Ada");
      await register(store, fresh("account"), name);
      await expect(register(store, fresh("account"), name.toLowerCase())).rejects.toThrow("is taken");
    });

    it("is free again some time after it was given up, by a change or with its account", async () => {
      const [first, second, third] = [fresh("account"), fresh("account"), fresh("account")];
      const [ada, ben] = [fresh("ada"), fresh("ben")];
      await register(store, first, ada);
      await changeUsername(store, first, ben);
      await expect(register(store, second, ben)).rejects.toThrow("is taken");
      await expect(register(store, second, ada)).rejects.toThrow("is taken");
      afterMs(RETENTION_MS - 1);
      await expect(register(store, second, ada)).rejects.toThrow("is taken");
      afterMs(1);
      await register(store, second, ada);
      await closeAccount(store, second);
      await expect(changeUsername(store, second, fresh("cai"))).rejects.toThrow("is closed");
      await expect(register(store, third, ada)).rejects.toThrow("is taken");
      afterMs(RETENTION_MS);
      await register(store, third, ada);
      await expect(changeUsername(store, first, ada)).rejects.toThrow("is taken");
    });

    it("may be spelled in another way by whoever has it", async () => {
      const [account, name] = [fresh("account"), fresh("ada")];
      await register(store, account, name);
      await changeUsername(store, account, name.toUpperCase());
      await expect(register(store, fresh("account"), name)).rejects.toThrow("is taken");
    });

    it("goes to one of many rivals, who register or change theirs", async () => {
      const [name, old] = [fresh("ada"), fresh("old")];
      for (let rival = 0; rival < RIVALS; rival += 2) await register(store, `${old}-${rival}`, `${old}-name-${rival}`);
      const { won, refusals } = await rivals((rival) =>
        rival % 2 === 0 ? changeUsername(store, `${old}-${rival}`, name) : register(store, fresh("account"), name),
      );
      expect(won).toHaveLength(1);
      expect(new Set(refusals)).toEqual(new Set([`The username ${name} is taken.`]));
    });

    it("is changed by many who share an account one after the other, each knowing the last", async () => {
      const [account, ada] = [fresh("account"), fresh("ada")];
      await register(store, account, ada);
      const { won } = await rivals((rival) => changeUsername(store, account, `${ada}-${rival % 4}`));
      const events = await store.stream<AccountEvents>({ category: "accounts", stream: account }).read();
      let username = ada;
      for (const { name, payload } of events) {
        if (name !== "username-changed") continue;
        expect(payload.from).toBe(username);
        username = payload.to;
      }
      expect(won.length).toBeGreaterThan(0);
      expect(username).not.toBe(ada);
    });
  });

  describe("an invoice number", () => {
    it("is the next one, with rivals too, and none is left out", async () => {
      const numbers = async () => {
        const created = await store.category<InvoiceEvents>("invoices").read();
        return created.map(({ payload }) => payload.number);
      };
      expect(await createInvoice(store, fresh("invoice"), 30)).toBe(1);
      expect(await createInvoice(store, fresh("invoice"), 40)).toBe(2);
      const { won, refusals } = await rivals((rival) => createInvoice(store, fresh("invoice"), rival));
      expect(refusals).toEqual([]);
      const all = Array.from({ length: RIVALS + 2 }, (_, n) => n + 1);
      expect(won.toSorted((a, b) => a - b)).toEqual(all.slice(2));
      expect(await numbers()).toEqual(all);
    });
  });

  describe("an opt-in token", () => {
    it("confirms the address that it was sent to, once and in time", async () => {
      const email = `${fresh("ada")}@example.com`;
      const token = await requestSignUp(store, email);
      expect(await confirmSignUp(store, token)).toBe(email);
      await expect(confirmSignUp(store, token)).rejects.toThrow("The token was used already.");
      await expect(confirmSignUp(store, fresh("token"))).rejects.toThrow("Nobody was sent this token.");
      const late = await requestSignUp(store, email);
      const intime = await requestSignUp(store, email);
      afterMs(VALID_FOR_MS);
      expect(await confirmSignUp(store, intime)).toBe(email);
      afterMs(1);
      await expect(confirmSignUp(store, late)).rejects.toThrow("The token has expired.");
    });

    it("is used by one of many rivals, and in no event", async () => {
      const email = `${fresh("ada")}@example.com`;
      const token = await requestSignUp(store, email);
      const { won, refusals } = await rivals(() => confirmSignUp(store, token));
      expect(won).toEqual([email]);
      expect(new Set(refusals)).toEqual(new Set(["The token was used already."]));
      const events = await store.stream<SignUpEvents>({ category: "sign-ups", stream: email }).read();
      expect(events.map(({ name }) => name)).toEqual(["sign-up-requested", "sign-up-confirmed"]);
      expect(JSON.stringify(events)).not.toContain(token);
    });
  });

  describe("a product price", () => {
    it("is the one that was shown, or was replaced a short while ago", async () => {
      const [pen, ink] = [fresh("pen"), fresh("ink")];
      await defineProduct(store, { productId: pen, price: 3 });
      await defineProduct(store, { productId: ink, price: 8 });
      const order = (...prices: readonly [number, number]) =>
        orderProducts(store, fresh("order"), [
          { productId: pen, price: prices[0] },
          { productId: ink, price: prices[1] },
        ]);
      await order(3, 8);
      await expect(order(3, 9)).rejects.toThrow(`${ink} is not sold at 9.`);
      await changePrice(store, { productId: pen, price: 4 });
      await order(3, 8);
      await order(4, 8);
      afterMs(GRACE_MS - 1);
      await order(3, 8);
      afterMs(1);
      await expect(order(3, 8)).rejects.toThrow(`${pen} is not sold at 3.`);
      await order(4, 8);
      await expect(orderProducts(store, fresh("order"), [{ productId: fresh("none"), price: 1 }])).rejects.toThrow();
      await expect(orderProducts(store, fresh("order"), [])).rejects.toThrow("There is nothing in the order.");
    });

    it("does not make orders wait for each other", async () => {
      const pen = fresh("pen");
      await defineProduct(store, { productId: pen, price: 3 });
      const { won } = await rivals(() => orderProducts(store, fresh("order"), [{ productId: pen, price: 3 }]));
      expect(won).toHaveLength(RIVALS);
    });
  });

  describe("a duplicate", () => {
    it("is not placed, whichever order it has become", async () => {
      const submissionId = fresh("submission");
      const submit = () => placeOrder(store, { orderId: fresh("order"), total: 30, submissionId });
      expect(await submit()).toBe(true);
      expect(await submit()).toBe(false);
      expect(await placeOrder(store, { orderId: fresh("order"), total: 30, submissionId: fresh("other") })).toBe(true);
    });

    it("is placed by one of many rivals", async () => {
      const submissionId = fresh("submission");
      const { won } = await rivals((rival) =>
        placeOrder(store, { orderId: `${submissionId}-${rival}`, total: 30, submissionId }),
      );
      expect(won.filter((placed) => placed)).toHaveLength(1);
      expect(won).toHaveLength(RIVALS);
    });
  });
});
