import { postgresSuite } from "./postgres-suite.ts";

await postgresSuite("stream");
