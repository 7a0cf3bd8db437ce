import type { AnyCommandDefinition } from "../program/command.ts";
import type { CommandGroup } from "../program/command-group.ts";
import { categories } from "./categories.ts";
import { completion } from "./completion.ts";
import { copy } from "./copy.ts";
import { digest } from "./digest.ts";
import { event } from "./event.ts";
import { explore } from "./explore.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { search } from "./search.ts";
import { show } from "./show.ts";
import { streams } from "./streams.ts";
import { tail } from "./tail.ts";
import { trace } from "./trace.ts";
import { verify } from "./verify.ts";

/** Every command of the program, in the order of the help. */
export const COMMANDS: readonly AnyCommandDefinition[] = [
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
  explore,
  completion,
];

/** Every first word that several commands have in common. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [];
