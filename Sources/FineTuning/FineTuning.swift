// Placeholder until the first file of FineTuning lands.
