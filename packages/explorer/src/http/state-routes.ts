import type { AnyProjector, AnySingleProjector } from "@eventfold/operations";
import type { ExplorerOptions } from "../explorer-options.ts";
import { type AsOf, foldStateAsOf } from "../reading/state-as-of.ts";
import { streamOf } from "./event-routes.ts";
import type { Parameters } from "./parameters.ts";
import { badRequest, notFound } from "./problem.ts";
import type { Routes } from "./route.ts";

/** What streams fold to. */
export function stateRoutes({ events, projectors = [] }: ExplorerOptions): Routes {
  return {
    "GET /api/state": ({ parameters, signal }) => {
      const projector = projectorNamed(projectors, parameters.requiredText("projector"));
      return foldStateAsOf(events, { projector, stream: streamOf(parameters), asOf: asOfOf(parameters), signal });
    },
  };
}

function projectorNamed(projectors: readonly AnyProjector[], name: string): AnySingleProjector {
  for (const projector of projectors) if (projector.name === name && foldsStreams(projector)) return projector;
  throw notFound(`The explorer was given no projector of streams with the name ${JSON.stringify(name)}.`);
}

/** Whether a projector makes one projection of each stream. */
export function foldsStreams(projector: AnyProjector): projector is AnySingleProjector {
  return projector.source === "stream" && "project" in projector;
}

function asOfOf(parameters: Parameters): AsOf {
  const position = parameters.integer("position", { from: 0, to: 2_147_483_647 });
  const [observed, occurred] = [parameters.time("observed"), parameters.time("occurred")];
  if ([position, observed, occurred].filter((given) => given !== undefined).length > 1)
    throw badRequest("Give one of position, observed and occurred.");
  if (observed !== undefined) return { kind: "observed", time: observed };
  if (occurred !== undefined) return { kind: "occurred", time: occurred };
  if (position === undefined) throw badRequest("Give a position, or a time as observed or occurred.");
  return { kind: "position", position };
}
