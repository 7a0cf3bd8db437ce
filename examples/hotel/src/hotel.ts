import {
  EventBroker,
  type ProcessingStorageAdapter,
  projectionSubscription,
  subscription,
} from "@eventfold/processing";
import { type ProjectionStorageAdapter, ProjectionStore } from "@eventfold/projections";
import { filter, sortBy } from "@eventfold/query";
import { type EventStorageAdapter, EventStore, eventsMatch } from "@eventfold/store";
import { bookings } from "./bookings.ts";
import { emailTag, guestEmails, guestEvents } from "./guests.ts";
import { payment, paymentEvents } from "./payments.ts";
import { room, roomEvents } from "./rooms.ts";

/** The open adapters of one database. */
export interface HotelStorage {
  readonly events: EventStorageAdapter;
  readonly projections: ProjectionStorageAdapter;
  readonly processing: ProcessingStorageAdapter;
}

/** Everything that the front desk does. Ids come from the caller, so that a request can be repeated. */
export function openHotel({ events: adapter, projections, processing: storage }: HotelStorage) {
  const store = new EventStore({ adapter });
  const projectionStore = new ProjectionStore({ adapter: projections });
  const guests = store.category("guests", { events: guestEvents });
  const rooms = store.category("rooms", { events: roomEvents });
  const payments = store.category("payments", { events: paymentEvents });

  const aboutEmails = (guest: string, ...emails: string[]) => {
    const [first, ...rest] = emails.map((email) => ({ tags: [emailTag(email)] }));
    if (first === undefined) throw new TypeError("A guest has an address.");
    return { store, query: eventsMatch(first, ...rest), stream: guests.stream(guest) };
  };

  const searchable = projectionSubscription({ projector: bookings, source: rooms, projectionStore, partitions: 4 });
  const bills = subscription({
    name: "bills",
    source: rooms,
    partitions: 4,
    handleEvent: async ({ id: commandId, name, payload }) => {
      if (name === "room-added") return;
      const stream = payments.stream(payload.booking);
      if (name === "room-booked")
        await payment.execute(stream, { type: "request", cents: payload.total }, { commandId });
      else await payment.execute(stream, { type: "refund" }, { commandId });
    },
  });

  return {
    addRoom: (name: string, beds: number, price: number) =>
      room.execute(rooms.stream(name), { type: "add", beds, price }),
    register: (guest: string, name: string, email: string) =>
      guestEmails.execute(aboutEmails(guest, email), { type: "register", name, email }, { commandId: guest }),
    changeEmail: (guest: string, from: string, to: string) =>
      guestEmails.execute(aboutEmails(guest, from, to), { type: "change-email", guest, from, to }),
    book: (name: string, stay: { booking: string; guest: string; from: string; to: string }) =>
      room.execute(rooms.stream(name), { type: "book", ...stay }, { commandId: stay.booking }),
    cancel: (name: string, booking: string) => room.execute(rooms.stream(name), { type: "cancel", booking }),
    pay: (booking: string, paymentId: string, cents: number) =>
      payment.execute(payments.stream(booking), { type: "receive", cents }, { commandId: paymentId }),
    arrivals: async (day: string) => {
      const filters = [filter("state.from", "equal", day), filter("state.isCancelled", "equal", false)];
      const { items } = await projectionStore.of(bookings).search({ filters, sort: [sortBy("state.room")] });
      return items.map(({ id, state: { room, guest, to } }) => ({ booking: id, room, guest, to }));
    },
    balance: async (booking: string) => {
      const { requested, paid } = (await payment.projector.project(payments.stream(booking))).state;
      return requested - paid;
    },
    /** What goes on in the background, in any number of processes, each with a name of its own. */
    worker: (name: string) => new EventBroker({ name, storage, subscriptions: [searchable, bills], logger: console }),
  };
}

export type Hotel = ReturnType<typeof openHotel>;
