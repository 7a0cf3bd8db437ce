/** The tag that every event with protected fields of a subject carries, by which its events are found. */
export function subjectTag(subject: string): string {
  return `subject:${subject}`;
}
