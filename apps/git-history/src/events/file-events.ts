/** The category whose streams are the files of a repository. */
export const FILES = "files";

/** What every event of a file tells. */
export interface FileChanged {
  /** Lines added and deleted, as git counts them; `null` for what git takes for binary. */
  readonly linesAdded: number | null;
  readonly linesDeleted: number | null;
  /** The mode in octal, of what is there now or was deleted: `100755` is a program, `120000` a link, `160000` a submodule. */
  readonly mode: string;
  /** The whole path, encoded as in the name of a stream, where that name is too short for it. */
  readonly path?: string | undefined;
}

/** What a renamed file tells besides. */
interface FileRenamedPayload extends FileChanged {
  /** The stream of the path it had; that stream gets no event, the file goes on in the stream of its new path. */
  readonly from: string;
  /** How much of it stayed the same, in per cent. */
  readonly similarity: number;
}

/** All events of the category {@link FILES}: name → payload. */
export type FileEvents = {
  "file-added": FileChanged;
  "file-modified": FileChanged;
  "file-renamed": FileRenamedPayload;
  "file-deleted": FileChanged;
};
