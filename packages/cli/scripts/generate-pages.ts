import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../src/commands/commands.ts";
import { commandPage, pageFile } from "./command-page.ts";

/** Writes the page of every command, and removes those of commands that are gone. A test compares them with the program. */
const directory = join(import.meta.dirname, "../../../docs/cli");
mkdirSync(directory, { recursive: true });
const files = COMMANDS.map(pageFile);
for (const file of readdirSync(directory)) if (!files.includes(file)) rmSync(join(directory, file));
for (const command of COMMANDS) writeFileSync(join(directory, pageFile(command)), commandPage(command));
