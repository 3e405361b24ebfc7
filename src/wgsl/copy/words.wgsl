// E = one or four words, whatever they hold
// Declarations only: what is copied keeps its bits.
alias E = U;
