/** Does something without root's privileges, where the test has them: root may read and write everything. */

const NOBODY = 65534

/** The outcome of `act`; the whole process is nobody meanwhile, where it is root. */
export async function asNobody<Result>(act: () => Promise<Result>): Promise<Result> {
  if (process.getuid?.() !== 0) return act()
  process.setegid?.(NOBODY)
  process.seteuid?.(NOBODY)
  try {
    return await act()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
  }
}
