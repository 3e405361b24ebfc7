// E = one or four floats
// Declarations only: what is copied may be in half precision on one side.
alias E = V;
