/**
 * A mistake in what the user gave: a missing folder, a damaged file, an option out of range.
 *
 * The message is one line, "Cannot <verb> <thing>: <reason>. <remedy>", and names the file.
 * The command line prints it without a stack and exits with status 2.
 */
export class InputError extends Error {
  /** The name shown before the message. */
  override readonly name = "InputError";

  /** What a file or an option put into the message cannot break its line, or fill the screen. */
  constructor(message: string, options?: ErrorOptions) {
    const line = message.replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
    super(line.length > 900 ? `${line.slice(0, 600)} ... ${line.slice(-200)}` : line, options);
  }
}
