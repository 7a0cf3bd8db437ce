import { customType } from "drizzle-orm/pg-core";

/** Text in code-point order. */
export const textInC = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** A list of such texts. */
export const textsInC = customType<{ data: string[] }>({ dataType: () => 'text[] collate "C"' });
