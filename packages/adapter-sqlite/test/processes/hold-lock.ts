// Holds the write lock of a database until it is killed.
import BetterSqlite3 from "better-sqlite3";

const client = new BetterSqlite3(process.argv[2]);
client.exec("BEGIN IMMEDIATE");
console.log("held");
setInterval(() => {}, 60_000);
