/// How one vector is made of a text's token vectors.
public enum Pooling: String, Sendable {
    /// Mean over all tokens, `[CLS]` and `[SEP]` among them.
    case mean
    /// The vector of `[CLS]`.
    case cls
    /// The largest value of each component.
    case max
    /// Sum over all tokens, divided by the square root of their number.
    case meanSquareRootLength = "mean_sqrt_len_tokens"
    /// tanh(W h[CLS] + b), BERT's own `pooler_output`.
    case pooler
}
