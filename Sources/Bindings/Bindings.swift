// Placeholder until the first file of Bindings lands.
