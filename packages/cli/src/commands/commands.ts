import type { AnyCommandDefinition } from "../program/command.ts";
import type { CommandGroup } from "../program/command-group.ts";
import { categories } from "./categories.ts";
import { completion } from "./completion.ts";
import { event } from "./event.ts";
import { explore } from "./explore.ts";
import { search } from "./search.ts";
import { show } from "./show.ts";
import { streams } from "./streams.ts";
import { tail } from "./tail.ts";
import { trace } from "./trace.ts";

/** Every command of the program, in the order of the help. */
export const COMMANDS: readonly AnyCommandDefinition[] = [
  categories,
  streams,
  show,
  event,
  tail,
  search,
  trace,
  explore,
  completion,
];

/** Every first word that several commands have in common. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [];
