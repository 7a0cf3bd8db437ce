import type { AnyCommandDefinition } from "../program/command.ts";
import type { CommandGroup } from "../program/command-group.ts";
import { categories } from "./categories.ts";
import { completion } from "./completion.ts";
import { copy } from "./copy.ts";
import { digest } from "./digest.ts";
import { doctor } from "./doctor.ts";
import { event } from "./event.ts";
import { explore } from "./explore.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { mcp } from "./mcp.ts";
import { migrate } from "./migrate.ts";
import { parkedDrop } from "./parked-drop.ts";
import { parkedList } from "./parked-list.ts";
import { parkedReplay } from "./parked-replay.ts";
import { parkedShow } from "./parked-show.ts";
import { rebuild } from "./rebuild.ts";
import { search } from "./search.ts";
import { show } from "./show.ts";
import { status } from "./status.ts";
import { streams } from "./streams.ts";
import { subscriptionsList } from "./subscriptions-list.ts";
import { subscriptionsPause } from "./subscriptions-pause.ts";
import { subscriptionsRemove } from "./subscriptions-remove.ts";
import { subscriptionsRepartition } from "./subscriptions-repartition.ts";
import { subscriptionsReset } from "./subscriptions-reset.ts";
import { subscriptionsResume } from "./subscriptions-resume.ts";
import { tail } from "./tail.ts";
import { trace } from "./trace.ts";
import { verify } from "./verify.ts";

/** Every command of the program, in the order of the help. */
export const COMMANDS: readonly AnyCommandDefinition[] = [
  status,
  migrate,
  categories,
  streams,
  show,
  event,
  tail,
  search,
  trace,
  exportCommand,
  importCommand,
  copy,
  digest,
  verify,
  rebuild,
  subscriptionsList,
  subscriptionsPause,
  subscriptionsResume,
  subscriptionsReset,
  subscriptionsRepartition,
  subscriptionsRemove,
  parkedList,
  parkedShow,
  parkedReplay,
  parkedDrop,
  explore,
  mcp,
  doctor,
  completion,
];

/** Every first word that several commands have in common. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  { name: "subscriptions", summary: "See how far subscriptions are, and ask them to do something." },
  { name: "parked", summary: "See the events that could not be handled, and say what becomes of them." },
];
