// How texts from outside are shown: never as markup, and with nothing in them that cannot be seen.
import { html } from "htm/preact";

/** What has no shape of its own, or changes the direction of what follows: controls, formats, what fonts ignore, spaces but the usual one. */
const HIDDEN = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]|(?! )\p{Zs}/u;

/** Runs of one such character. */
const RUNS = new RegExp(`(${HIDDEN.source})\\1*`, "gu");

/** @param {string} character */
const codePoint = (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** @param {string} run @param {string} character */
function nameOf(run, character) {
  const times = run.length / character.length;
  return times === 1 ? codePoint(character) : `${codePoint(character)} × ${times}`;
}

/** A text for a title or an attribute, its hidden characters as code points. @param {string} text */
export const plain = (text) => text.replaceAll(RUNS, (run, character) => `⟨${nameOf(run, character)}⟩`);

/** A text has so many marks at most: from there on, hidden characters are written without one. */
const MOST_MARKS = 50;

/**
 * A text from outside, its hidden characters as code points.
 * @param {{ text: string, lines?: boolean }} props `lines`: ends of lines are what they are
 */
export function Text({ text, lines = false }) {
  const parts = [];
  let from = 0;
  for (const { index, 0: run, 1: character = "" } of text.matchAll(RUNS)) {
    if (lines && character === "\n") continue;
    if (parts.length >= 2 * MOST_MARKS) break;
    parts.push(text.slice(from, index), html`<span class="code-point">${nameOf(run, character)}</span>`);
    from = index + run.length;
  }
  return html`<bdi class="outside">${[...parts, lines ? text.slice(from).split("\n").map(plain).join("\n") : plain(text.slice(from))]}</bdi>`;
}

const DEEPEST_INDENT = 40;

/** Lays out JSON over lines without reading it: every digit stays as it is, and a text that was cut can be laid out too. @param {string} json */
function indented(json) {
  let laid = "";
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.min(depth, DEEPEST_INDENT))}`;
  for (const { 0: token } of json.matchAll(/"(?:[^"\\]|\\.)*"?|[[{]\s*[\]}]|[^"\s]|\s+/gs)) {
    if (token === "{" || token === "[") {
      depth += 1;
      laid += token + line();
    } else if (token === "}" || token === "]") {
      depth -= 1;
      laid += line() + token;
    } else if (token === ",") laid += token + line();
    else if (token === ":") laid += ": ";
    else if (token.trim() !== "") laid += /^[[{]/.test(token) ? token.replaceAll(/\s/g, "") : token;
  }
  return laid;
}

const encoder = new TextEncoder();
const count = new Intl.NumberFormat("en");

/** Whether a text was cut, which has so many bytes as a whole. @param {string} text @param {number} bytes */
export const isCut = (text, bytes) => encoder.encode(text).length < bytes;

/** A number for people. @param {number} value */
export const number = (value) => count.format(value);

/** A size for people. @param {number} bytes */
export function size(bytes) {
  if (bytes < 10_000) return `${number(bytes)} bytes`;
  return bytes < 10_000_000 ? `${number(Math.round(bytes / 1_000))} kB` : `${number(Math.round(bytes / 1_000_000))} MB`;
}

/**
 * A number of things.
 * @param {number} value @param {string} one what a single one is called @param {string} [many]
 */
export const several = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

/** JSON, laid out. @param {{ json: string, label: string }} props */
export function Json({ json, label }) {
  return html`<pre class="json" tabindex="0" role="region" aria-label=${label}><${Text} text=${indented(json)} lines /></pre>`;
}

/** A time, to the millisecond, in UTC. @param {{ ms: number }} props */
export function Time({ ms }) {
  const iso = new Date(ms).toISOString();
  return html`<time datetime=${iso}>${iso.slice(0, 10)} <span class="clock">${iso.slice(11, 23)}</span></time>`;
}
