// Why a command ended before it did anything, with its exit code.

/** Nothing was begun, for a reason that is nobody's mistake: another run holds the lock (75), a signal came (130, 143). */
export class NotBegun extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.name = 'NotBegun';
    this.exitCode = exitCode;
  }
}
