import type { StoredEventText } from "@eventfold/store/adapter";
import { parseJson } from "@eventfold/types";

/** Which events of a source are shown. All that is given must hold. */
export interface EventFilter {
  /** Its name is exactly this. */
  readonly name: string | undefined;
  /** Its payload has this text somewhere, in names or values, in upper or lower case. */
  readonly text: string | undefined;
  /** A member of its metadata, at the top level, has this value: a text, a number, `true`, `false` or `null`. */
  readonly metadata: { readonly member: string; readonly value: string } | undefined;
}

/** Whether it lets everything through. */
export function isEmptyFilter({ name, text, metadata }: EventFilter): boolean {
  return name === undefined && text === undefined && metadata === undefined;
}

/** Whether it has to see whole texts. */
export function needsWholeTexts({ text, metadata }: EventFilter): boolean {
  return text !== undefined || metadata !== undefined;
}

/** Makes the test of a filter. It is given whole texts where {@link needsWholeTexts} says so. */
export function testOf({ name, text, metadata }: EventFilter): (event: StoredEventText) => boolean {
  const hasText = text === undefined ? undefined : textTest(text);
  const hasMember = metadata === undefined ? undefined : memberTest(metadata.member, metadata.value);
  return (event) =>
    (name === undefined || event.name === name) &&
    (hasMember === undefined || hasMember(event.metadata)) &&
    (hasText === undefined || hasText(event.payload));
}

/** A payload is searched as it is written, so that nothing has to be parsed: for a part of the JSON, and for a part of a string in it. */
function textTest(text: string): (json: string) => boolean {
  const part = text.toLowerCase();
  const partOfString = JSON.stringify(text).slice(1, -1).toLowerCase();
  return (json) => {
    const searched = json.toLowerCase();
    return searched.includes(part) || (partOfString !== part && searched.includes(partOfString));
  };
}

function memberTest(member: string, value: string): (json: string | null) => boolean {
  const written = JSON.stringify(value).slice(1, -1);
  return (json) => {
    if (json === null || !json.includes(written)) return false; // most end here, unparsed
    const metadata = parsed(json);
    if (typeof metadata !== "object" || metadata === null || !Object.hasOwn(metadata, member)) return false;
    const found = (metadata as Readonly<Record<string, unknown>>)[member];
    return typeof found === "object" && found !== null ? false : String(found) === value;
  };
}

/** What cannot be parsed was damaged: it matches nothing, and is shown without a filter. */
function parsed(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    return undefined;
  }
}
