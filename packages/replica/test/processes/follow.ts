// Follows a log in SQLite until it is told to end, or killed; prints when it begins, and how far it has come.
import { SqliteEventStorageAdapter } from "@eventfold/adapter-sqlite";
import { Replica } from "@eventfold/replica";
import { countNotes } from "../events.ts";

const [source = "", filename = ""] = process.argv.slice(2);
const of = await SqliteEventStorageAdapter.open({ filename: source });
const replica = await Replica.open({ of, filename, inline: countNotes });
console.log("opened");
replica.onChange(async () => {
  if (replica.isFollowing) console.log((await replica.lag()).upTo);
});
