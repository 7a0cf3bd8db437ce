import { type ProjectionStorageAdapter, ProjectionStore, type StoredProjection } from "@eventfold/projections";
import { parseQuery } from "@eventfold/query";
import { cutText } from "../reading/event-texts.ts";
import { badRequest, notFound } from "./problem.ts";
import type { Routes } from "./route.ts";

/** How many characters of a state a list shows, */
const LISTED_STATE_LENGTH = 500;

/** and one projection by itself. */
const SHOWN_STATE_LENGTH = 100_000;

/** What is read of stored projections. */
export function projectionRoutes(adapter: ProjectionStorageAdapter): Routes {
  const store = new ProjectionStore({ adapter });
  return {
    "GET /api/projections": async ({ parameters }) => {
      const query = parseQuery(parsed(parameters.text("query") ?? "{}"), { functions: adapter.functions });
      const { items, next, previous } = await store.search(query as object, { name: parameters.requiredText("name") });
      const cut = items.map((projection) => described(projection, LISTED_STATE_LENGTH));
      return { items: cut, next: next ?? null, previous: previous ?? null };
    },

    "GET /api/projection": async ({ parameters }) => {
      const [name, id] = [parameters.requiredText("name"), parameters.requiredText("id")];
      const projection = await store.load({ name, id, includeRemoved: true });
      if (projection === undefined)
        throw notFound(`No projection ${JSON.stringify(name)} has the id ${JSON.stringify(id)}.`);
      return described(projection, SHOWN_STATE_LENGTH);
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`query is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function described(projection: StoredProjection, length: number) {
  const { id, name, source, state, metadata, lastSequenceNumber, projectorVersion, isRemoved = false } = projection;
  const text = JSON.stringify(state);
  return {
    ...{ id, name, source, projectorVersion, lastSequenceNumber, isRemoved },
    state: cutText(text, length),
    stateLength: text.length,
    metadata: metadata === null ? null : cutText(JSON.stringify(metadata), length),
  };
}
