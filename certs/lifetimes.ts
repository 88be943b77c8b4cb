// Pure: how long certificates live, in days, and how long before their end they are replaced.

/** Life of an authority: longer than anybody keeps a lab. */
export const AUTHORITY_DAYS = 3650

/** Life of a leaf: 396 days with the day before its making. Browsers accept 398 at most. */
export const LEAF_DAYS = 395

/** A leaf read from a file must be good for this much longer, so that a long-running process never holds an expired one. */
export const LEAF_SPARE_DAYS = 30

/** An authority must outlive the leaves that it signs from now on. */
export const AUTHORITY_SPARE_DAYS = LEAF_DAYS + LEAF_SPARE_DAYS
