import type { EventBroker } from "@eventfold/processing";
import { describe, expect, it } from "vitest";
import { type Hotel, openHotel } from "../src/hotel.ts";
import { DATABASES } from "./databases.ts";

const stay = (booking: string, from: string, to: string) => ({ booking, guest: "guest-1", from, to });

const refusals = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.flatMap((outcome) => (outcome.status === "rejected" ? String(outcome.reason) : []));

/** Opens a room and keeps workers at work while it is used. */
async function withWorkers(hotel: Hotel, work: () => Promise<void>): Promise<void> {
  const workers: readonly EventBroker[] = [hotel.worker("worker-1"), hotel.worker("worker-2")];
  await Promise.all(workers.map((worker) => worker.start()));
  try {
    await hotel.addRoom("101", 2, 90_00);
    await work();
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

describe.each(DATABASES)("a hotel on %s", (_, open) => {
  it("gives an address to one guest, however many ask for it at once", async () => {
    await using storage = await open();
    const hotel = openHotel(storage);
    const rivals = Array.from({ length: 16 }, (_, n) => hotel.register(`guest-${n}`, "Ada", "ada@example.com"));
    const outcomes = await Promise.allSettled(rivals);
    expect(refusals(outcomes)).toEqual(
      Array.from({ length: 15 }, () => "Error: The address ada@example.com is taken."),
    );
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    expect(await hotel.register(`guest-${winner}`, "Ada", "ada@example.com")).toMatchObject({ isRepeat: true });
  });

  it("frees an address that a guest gives up", async () => {
    await using storage = await open();
    const hotel = openHotel(storage);
    await hotel.register("guest-1", "Ada", "ada@example.com");
    await hotel.register("guest-2", "Grace", "grace@example.com");
    await expect(hotel.changeEmail("guest-1", "ada@example.com", "grace@example.com")).rejects.toThrow("is taken");
    await expect(hotel.changeEmail("guest-2", "ada@example.com", "new@example.com")).rejects.toThrow("does not have");
    await hotel.changeEmail("guest-1", "ada@example.com", "lovelace@example.com");
    await expect(hotel.register("guest-3", "Mary", "lovelace@example.com")).rejects.toThrow("is taken");
    await hotel.register("guest-3", "Mary", "ada@example.com");
  });

  it("books a room once for each night", async () => {
    await using storage = await open();
    const hotel = openHotel(storage);
    await expect(hotel.book("101", stay("b", "2027-05-01", "2027-05-02"))).rejects.toThrow("no such room");
    await hotel.addRoom("101", 2, 90_00);
    await expect(hotel.book("101", stay("b", "2027-05-02", "2027-05-02"))).rejects.toThrow("at least one night");
    const rivals = Array.from({ length: 16 }, (_, n) => hotel.book("101", stay(`b-${n}`, "2027-05-01", "2027-05-04")));
    expect(refusals(await Promise.allSettled(rivals))).toEqual(
      Array.from({ length: 15 }, () => "Error: The room is booked."),
    );
    await hotel.book("101", stay("next", "2027-05-04", "2027-05-05"));
  });

  it("shows who arrives, and charges and refunds each booking once", async () => {
    await using storage = await open();
    const hotel = openHotel(storage);
    await withWorkers(hotel, async () => {
      await hotel.book("101", stay("kept", "2027-05-01", "2027-05-04"));
      await hotel.book("101", stay("dropped", "2027-05-04", "2027-05-05"));
      await expect.poll(() => hotel.balance("kept"), { timeout: 30_000 }).toBe(270_00);
      await expect.poll(() => hotel.balance("dropped"), { timeout: 30_000 }).toBe(90_00);
      await hotel.pay("dropped", "payment-1", 90_00);
      expect(await hotel.pay("dropped", "payment-1", 90_00)).toMatchObject({ isRepeat: true });
      await expect(hotel.pay("dropped", "payment-2", 1)).rejects.toThrow("Only 0 cents are due");
      await hotel.cancel("101", "dropped");
      await expect.poll(() => hotel.arrivals("2027-05-04"), { timeout: 30_000 }).toEqual([]);
      await expect.poll(() => hotel.balance("dropped"), { timeout: 30_000 }).toBe(0);
      const kept = { booking: "kept", room: "101", guest: "guest-1", to: "2027-05-04" };
      await expect.poll(() => hotel.arrivals("2027-05-01"), { timeout: 30_000 }).toEqual([kept]);
    });
  });
});
