import type { Duplex } from "node:stream";
import zlib from "node:zlib";
import { CompressionUnavailableError } from "./errors/archive-errors.ts";

/** How an archive is compressed. */
type Compression = "none" | "gzip" | "zstd";

/** As the name of the file that is to be written says. */
function compressionByName(file: string): Compression {
  if (file.endsWith(".gz")) return "gzip";
  return file.endsWith(".zst") ? "zstd" : "none";
}

/** As the first bytes of a file say, whatever its name is. */
function compressionByContent(start: Uint8Array): Compression {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  const isZstd = start[0] === 0x28 && start[1] === 0xb5 && start[2] === 0x2f && start[3] === 0xfd;
  return isZstd ? "zstd" : "none";
}

/**
 * The stream that compresses what goes into a file with this name: for `.gz` with gzip, for `.zst` with Zstandard, both at their
 * quickest level; `undefined` for other names.
 *
 * @throws `CompressionUnavailableError` (`COMPRESSION_UNAVAILABLE`) for `.zst` before Node 22.15.
 */
export function compressor(file: string): Duplex | undefined {
  switch (compressionByName(file)) {
    case "none":
      return undefined;
    case "gzip":
      return zlib.createGzip({ level: 1, chunkSize: CHUNK_BYTES });
    case "zstd": {
      const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = refuseWithoutZstd(file);
      // Without the checksum most flipped bits go unnoticed until the archive's own is compared.
      const params = { [ZSTD_c_compressionLevel]: 1, [ZSTD_c_checksumFlag]: 1 };
      return zlib.createZstdCompress({ params, chunkSize: CHUNK_BYTES });
    }
  }
}

/** Decompresses; its `bytesWritten` counts what it has used of what it was given, which may be less than all. */
type Decompressor = zlib.Gunzip | zlib.ZstdDecompress;

/**
 * The stream that decompresses a file, by its first four bytes; `undefined` if it is not compressed.
 *
 * @throws `CompressionUnavailableError` (`COMPRESSION_UNAVAILABLE`) for Zstandard before Node 22.15.
 */
export function decompressor(file: string, start: Uint8Array): Decompressor | undefined {
  switch (compressionByContent(start)) {
    case "none":
      return undefined;
    case "gzip":
      return zlib.createGunzip({ chunkSize: CHUNK_BYTES });
    case "zstd":
      refuseWithoutZstd(file);
      return zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES });
  }
}

const CHUNK_BYTES = 262_144;

function refuseWithoutZstd(file: string): typeof zlib.constants {
  if (typeof zlib.createZstdCompress !== "function") throw new CompressionUnavailableError({ file });
  return zlib.constants;
}
