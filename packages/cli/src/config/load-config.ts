import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { EXIT_CODES } from "../program/exit-codes.ts";
import { Failure } from "../program/failure.ts";
import type { Config } from "./config.ts";

const FUNCTIONS = ["events", "projections", "processing"] as const;
const MEMBERS: readonly string[] = ["name", ...FUNCTIONS, "projectors", "subscriptions"];

/**
 * Loads the default export of a file, which Node runs.
 *
 * @param file relative to the directory.
 * @throws `Failure` when there is no such file, it throws, or what it exports is no config.
 */
export async function loadConfig(file: string, directory: string): Promise<Config> {
  const path = resolve(directory, file);
  if (!existsSync(path)) throw refused(`There is no config ${JSON.stringify(path)}.`);
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    throw refused(`The config ${JSON.stringify(path)} failed while it was loaded: ${describe(cause)}`, cause);
  }
  return checkedConfig(module.default, path);
}

function checkedConfig(config: unknown, path: string): Config {
  const problem = problemOf(config);
  if (problem === undefined) return config as Config;
  throw refused(
    `The config ${JSON.stringify(path)} ${problem}. It needs \`export default defineConfig({ events: … })\`, with defineConfig of @eventfold/cli.`,
  );
}

function problemOf(config: unknown): string | undefined {
  if (typeof config !== "object" || config === null) return "has no config as its default export";
  const given = config as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) return `has a member ${JSON.stringify(unknown)}, which is not known`;
  if (given.events === undefined) return "does not say how to open the events";
  const noFunction = FUNCTIONS.find((member) => given[member] !== undefined && typeof given[member] !== "function");
  if (noFunction !== undefined) return `has as \`${noFunction}\` something that is not a function`;
  if (given.projectors !== undefined && !Array.isArray(given.projectors)) return "has projectors that are no list";
  const { subscriptions } = given;
  const isSubscriptions =
    subscriptions === undefined || Array.isArray(subscriptions) || typeof subscriptions === "function";
  return isSubscriptions ? undefined : "has subscriptions that are neither a list nor a function";
}

/** The code that failed is the caller's own, so its stack is of use to them. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function refused(message: string, cause?: unknown): Failure {
  return new Failure(message, { exitCode: EXIT_CODES.usage, code: "CONFIG", cause });
}
