/**
 * File systems on which locks and shared memory cannot be trusted, by the number that Linux gives them.
 *
 * @see https://man7.org/linux/man-pages/man2/statfs.2.html
 */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB 2"],
  [0x01021997, "9P"],
  [0x00c36400, "Ceph"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x0bd00bd0, "Lustre"],
  [0x65735546, "FUSE, which may reach over a network"],
]);

/** The name of the network file system that has this number on Linux; `undefined` for all others. */
export function networkFileSystem(type: number): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(type >>> 0);
}
