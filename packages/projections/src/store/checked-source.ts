import { categoryIdentifier, logIdentifier, type SourceIdentifier, streamIdentifier } from "@eventfold/types";

/** @throws `InvalidNameError` for a bad name in it, `TypeError` for what is not an identifier. */
export function checkedSource(source: SourceIdentifier): SourceIdentifier {
  switch (source?.kind) {
    case "log":
      return logIdentifier();
    case "category":
      return categoryIdentifier(source.category);
    case "stream":
      return streamIdentifier(source);
    default:
      throw new TypeError("The source of a projection must be the identifier of a stream, a category or the log.");
  }
}
