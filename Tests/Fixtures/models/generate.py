"""Writes small random models of the layouts that BERT-like embedding models come in, and their vectors as transformers and
sentence-transformers compute them, beside this file. Run with torch, transformers and sentence-transformers installed:
    python generate.py
Made with torch 2.13, transformers 5.24, sentence-transformers 6.2."""
import json, pathlib, shutil
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Dense, Normalize, Pooling, Transformer
from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizer, DistilBertConfig, DistilBertModel
from transformers import MPNetConfig, MPNetModel, RobertaConfig, RobertaModel

HERE = pathlib.Path(__file__).parent
VOCABULARY = HERE.parent / "tiny_bert" / "vocab.txt"
TEXTS = ["red boots", "a", "Waterproof running shoes, light and BLUE", "", "warm winter coat " * 12]


def config(**changes):
    values = dict(
        vocab_size=148, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=12, max_position_embeddings=24,
        initializer_range=0.4)
    return BertConfig(**{**values, **changes})


def random_model(kind, configuration, seed):
    torch.manual_seed(seed)
    model = kind(configuration).eval()
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1:  # biases and norms start at 0 and 1, which would hide that they are read
            parameter.data += 0.2 * torch.randn_like(parameter)
    return model


def tokenizer(lower=True):
    return BertTokenizer(vocab=str(VOCABULARY), do_lower_case=lower, model_max_length=24)


def slim(folder):
    """Keeps what describes the tokenizer in its shorter form, and no texts about the model."""
    for file in list(folder.rglob("README.md")) + list(folder.rglob("special_tokens_map.json")) + list(folder.rglob("tokenizer.json")):
        file.unlink()
    transformer = next(folder.rglob("tokenizer_config.json")).parent
    shutil.copy(VOCABULARY, transformer / "vocab.txt")


def plain(name, model, lower=True, **options):
    folder = HERE / name
    model.save_pretrained(folder, **options)
    tokenizer(lower).save_pretrained(folder)
    slim(folder)
    return folder


def sentence(name, model, *modules, lower=True, prompts=None):
    """A directory as sentence-transformers saves it, from a transformer and the modules after it."""
    folder = HERE / name
    scratch = HERE / "scratch"
    model.save_pretrained(scratch)
    tokenizer(lower).save_pretrained(scratch)
    whole = SentenceTransformer(modules=[Transformer(str(scratch)), *modules], prompts=prompts, device="cpu")
    whole.save_pretrained(str(folder), create_model_card=False)
    shutil.rmtree(scratch)
    vectors = whole.eval().encode(TEXTS, prompt="")
    slim(folder)
    return vectors


def forward(model, texts, lower=True):
    """BERT's pooler_output in float32."""
    batch = tokenizer(lower)(texts, padding=True, truncation=True, max_length=24, return_tensors="pt")
    with torch.no_grad():
        bert = model.bert if hasattr(model, "bert") else model
        return bert.float()(**batch).pooler_output.numpy()


def main():
    for folder in HERE.iterdir():
        if folder.is_dir():
            shutil.rmtree(folder)
    vectors = {}
    torch.manual_seed(0)

    # BGE: the vector of [CLS], normalised.
    vectors["cls"] = sentence("cls", random_model(BertModel, config(num_hidden_layers=2), 1), Pooling(8, "cls"), Normalize())
    # Largest values, SiLU, a large epsilon, three heads, a cased tokenizer.
    maximum = config(hidden_size=12, num_attention_heads=3, hidden_act="silu", layer_norm_eps=1e-3)
    vectors["max_silu"] = sentence("max_silu", random_model(BertModel, maximum, 2), Pooling(12, "max"), lower=False)
    vectors["sqrt_relu"] = sentence(
        "sqrt_relu", random_model(BertModel, config(hidden_act="relu"), 3), Pooling(8, "mean_sqrt_len_tokens"))
    # Two dense layers, the second without bias, and a change of the vectors' length.
    vectors["dense"] = sentence(
        "dense", random_model(BertModel, config(), 4), Pooling(8, "mean"),
        Dense(8, 5, activation_function=torch.nn.Tanh()), Dense(5, 4, bias=False, activation_function=torch.nn.Identity()), Normalize())
    # E5: its name asks for prefixes, which the vectors here are without.
    vectors["e5-small-v2"] = sentence("e5-small-v2", random_model(BertModel, config(), 5), Pooling(8, "mean"), Normalize())
    vectors["prompts"] = sentence(
        "prompts", random_model(BertModel, config(), 6), Pooling(8, "mean"), prompts={"query": "red ", "document": "blue "})
    # Weights under `bert.`, beside a head that is not read, in float16; GELU by its tanh approximation.
    head = random_model(BertForSequenceClassification, config(hidden_act="gelu_new"), 7).half()
    plain("prefixed_f16", head)
    vectors["prefixed_f16"] = forward(head, TEXTS)
    # bfloat16 in several files.
    sharded = random_model(BertModel, config(num_hidden_layers=3), 8).bfloat16()
    plain("sharded_bf16", sharded, max_shard_size="3KB")
    vectors["sharded_bf16"] = forward(sharded, TEXTS)

    # Models of other kinds: refused by name.
    small = dict(vocab_size=148, hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=8, max_position_embeddings=16)
    for name, kind, configuration in [
        ("roberta", RobertaModel, RobertaConfig(**small)), ("mpnet", MPNetModel, MPNetConfig(**small)),
        ("distilbert", DistilBertModel, DistilBertConfig(vocab_size=148, dim=8, n_layers=1, n_heads=2, hidden_dim=8, max_position_embeddings=16))]:
        (HERE / name).mkdir()
        configuration.architectures = [kind.__name__]
        (HERE / name / "config.json").write_text(configuration.to_json_string())

    rows = {name: [[float(f"{x:.9g}") for x in row] for row in matrix.tolist()] for name, matrix in sorted(vectors.items())}
    text = json.dumps({"texts": TEXTS, "vectors": rows}).replace("]], ", "]],\n")
    (HERE / "vectors.json").write_text(text + "\n")


main()
