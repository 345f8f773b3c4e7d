/** Of one blob in an archive: no module is larger, and signatures and pages are small. */
export const MAX_BLOB_BYTES = 64 * 2 ** 20;
/** Of all that an archive holds. */
export const MAX_ARCHIVE_BYTES = 4 * 2 ** 30;
export const MAX_ARCHIVE_FILES = 50_000;
