import { printSourceIdentifier, type SourceIdentifier } from "@eventfold/types";

/** Whether two identifiers name the same source. */
export function isSameSource(left: SourceIdentifier, right: SourceIdentifier): boolean {
  return left === right || printSourceIdentifier(left) === printSourceIdentifier(right);
}
