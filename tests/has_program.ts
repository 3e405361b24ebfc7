/** Whether a program is there that says its version. */
export async function hasProgram(name: string): Promise<boolean> {
  try {
    const command = new Deno.Command(name, { args: ["--version"], stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false; // thrown at once, not by the promise, where there is no such program
  }
}
