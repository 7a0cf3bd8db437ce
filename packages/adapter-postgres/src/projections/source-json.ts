import type { CompletenessKey } from "@eventfold/projections";
import type { SourceIdentifier } from "@eventfold/types";

/** A source as it is stored: its kind and its names, without any other members that the object may have. */
export function sourceJson(source: SourceIdentifier): string {
  switch (source.kind) {
    case "log":
      return JSON.stringify({ kind: "log" });
    case "category":
      return JSON.stringify({ kind: "category", category: source.category });
    case "stream":
      return JSON.stringify({ kind: "stream", category: source.category, stream: source.stream });
  }
}

/** How the source of completeness is stored: a category by its name, the log by the empty text, which no category is called. */
export function categoryOf({ source }: Pick<CompletenessKey, "source">): string {
  return source.kind === "log" ? "" : source.category;
}
