import type { AnyCommandDefinition } from "../program/command.ts";
import type { CommandGroup } from "../program/command-group.ts";
import { categories } from "./categories.ts";

/** Every command of the program, in the order of the help. */
export const COMMANDS: readonly AnyCommandDefinition[] = [categories];

/** Every first word that several commands have in common. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [];
