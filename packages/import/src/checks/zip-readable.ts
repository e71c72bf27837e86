import { type Check, sayFaults } from '../check.js';

/**
 * # zip-readable
 *
 * **Must hold.** The package is a whole ZIP: its directory parses, every document inflates to its declared size with
 * the declared CRC-32, no name plays tricks, sizes and ratios stay within the limits, and nothing lies in it that the
 * layout does not list. No other reader can see anything else in it: local headers, data and data descriptors of the
 * listed entries follow each other from byte 0, then the central directory, then the end records, up to the last byte
 * of the file, and local headers repeat what the directory tells.
 *
 * Refused, because readers differ in what they make of it. Bytes that no record accounts for: one ZIP behind another,
 * entries that the directory does not list, a comment of the archive or of an entry; some readers follow the directory,
 * some go from front to back, some look for an end record of their own. A local header with other flags, method, time,
 * date, CRC-32, sizes or name than the directory: readers from front to back believe it; only before a data descriptor
 * may CRC-32 and sizes be 0. Another disk, two counts, a ZIP64 field that contradicts the number it repeats. Folders,
 * by name or by attributes: the layout names documents only. Names beyond ASCII without the flag of UTF-8; flags of
 * encryption, patches and masked headers. Extra fields but ZIP64, times, owners and zero padding: some carry a second
 * name (0x7075, 0x2605), and what nobody here knows may do so too.
 *
 * Accepted, because no reader is misled: data descriptors with and without signature, with sizes of 4 or 8 bytes; ZIP64
 * where no number asks for it; any version, attributes of files, flags of how hard Deflate tried; times (0x000a,
 * 0x5455, 0x5855), owners (0x7855, 0x7875), the mark of Java (0xcafe) and padding (0xa220), each once and within its
 * length; entries in any order, stored or deflated. What Python, Info-ZIP, Java, 7-Zip, bsdtar and Perl write into a
 * file was tried and passes.
 *
 * **Basis.** PKWARE APPNOTE.TXT 6.3.10, 4.3 to 4.5; cmdlet help, Import-CsPersistentChatData: the import takes one ZIP
 * and no selection. That every byte has its place is our decision: we check what we see, and who imports must see the
 * same.
 *
 * **Severity.** error
 *
 * **Remedy.** Copy the package again and compare its SHA-256 with manifest-sha256.txt; if they agree, write it again. A
 * ZIP that was packed anew by hand: pack the documents alone, without folders and comments.
 *
 * **Memory.** The central directory while it is held against the file, 16 MiB at most.
 */
export const zipReadable: Check = {
  id: 'zip-readable',
  severities: ['error'],
  needs: [],
  sees: 'documents',
  begin: () => sayFaults('archive'),
};
