/** A secret for an address: 128 bits that nobody can guess, in hexadecimal. */
export function newToken(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
