// Browsers that do not know `using` yet lack the symbol that it calls.
(Symbol as { dispose?: symbol }).dispose ??= Symbol.for("Symbol.dispose");
