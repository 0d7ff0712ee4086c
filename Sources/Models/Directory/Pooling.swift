/// How one vector is made of a text's token vectors.
public enum Pooling: String, Sendable {
    /// Mean over all tokens, `[CLS]` and `[SEP]` among them.
    case mean
    /// The vector of `[CLS]`.
    case cls
    /// tanh(W h[CLS] + b), BERT's own `pooler_output`.
    case pooler
}
