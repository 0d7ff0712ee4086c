"""Writes two tiny random CLIP models beside this file, one as a Hugging Face directory, one as a sentence-transformers directory of older
files, some images, and what transformers and PyTorch compute of them (golden.json). Run with torch, transformers and pillow installed:
    python generate.py"""
import json, os, random, shutil
import numpy as np, torch, transformers
from PIL import Image
from transformers import CLIPConfig, CLIPModel, CLIPTokenizer
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

out = os.path.dirname(os.path.abspath(__file__))
for made in ('tiny_clip', 'sentence_clip', 'images'): shutil.rmtree(f'{out}/{made}', ignore_errors=True)
torch.manual_seed(7); random.seed(7); np.random.seed(7)

# A vocabulary in OpenAI's layout: 256 bytes, 256 bytes with </w>, merges, the two special tokens.
def byte_table():
    bs = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    cs = bs[:]; n = 0
    for b in range(256):
        if b not in bs: bs.append(b); cs.append(256 + n); n += 1
    return dict(zip(bs, map(chr, cs))), [chr(c) for c in cs]
table, order = byte_table()
corpus = ("red shoes blue boots a photo of the cat dog leather hiking boots running shoes women's men's don't we've they'll it's "
          "waterproof jacket wool socks size 42 größe café naïve ελληνικά привет мир 日本語 hello world the the the of of and and photo photos "
          "image images white black cotton dress summer winter shirt trousers").split()
merges = []
words = [[table[b] for b in w.encode()[:-1]] + [table[w.encode()[-1]] + "</w>"] for w in corpus]
while len(merges) < 96:
    counts = {}
    for w in words:
        for p in zip(w, w[1:]): counts[p] = counts.get(p, 0) + 1
    best = max(counts.items(), key=lambda kv: (kv[1], kv[0]))[0]
    merges.append(best)
    new = []
    for w in words:
        r = []; i = 0
        while i < len(w):
            if i + 1 < len(w) and (w[i], w[i + 1]) == best: r.append(w[i] + w[i + 1]); i += 2
            else: r.append(w[i]); i += 1
        new.append(r)
    words = new
tokens = order + [c + "</w>" for c in order] + ["".join(m) for m in merges] + ["<|startoftext|>", "<|endoftext|>"]
vocab = {t: i for i, t in enumerate(tokens)}
assert len(vocab) == len(tokens), len(tokens)

def tokenizer(length):
    return CLIPTokenizer(vocab=vocab, merges=merges, model_max_length=length)

def save_legacy(folder):
    """The two files of older directories."""
    with open(f"{folder}/vocab.json", "w", encoding="utf-8") as f: json.dump(vocab, f, ensure_ascii=False)
    with open(f"{folder}/merges.txt", "w", encoding="utf-8") as f:
        f.write("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))

def model(text_eos, act, seed, wide):
    torch.manual_seed(seed)
    v = len(vocab)
    config = CLIPConfig(
        text_config=dict(vocab_size=v, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2,
                         max_position_embeddings=24, hidden_act=act, bos_token_id=v - 2, eos_token_id=text_eos, pad_token_id=1),
        vision_config=dict(hidden_size=24, intermediate_size=48, num_hidden_layers=3, num_attention_heads=3, image_size=32, patch_size=8,
                           hidden_act=act),
        projection_dim=20)
    m = CLIPModel(config).eval()
    with torch.no_grad():
        for n, p in m.named_parameters():
            if n.endswith("bias"): p.normal_(0, 0.1)
            elif "norm" in n: p.copy_(1 + 0.2 * torch.randn_like(p))
            elif p.dim() > 1: p.normal_(0, wide)
            elif "class_embedding" in n: p.normal_(0, wide)
    return m

def processor():
    return CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})

PRE = {"crop_size": {"height": 32, "width": 32}, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True, "do_rescale": True,
       "do_resize": True, "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_processor_type": "CLIPImageProcessor",
       "image_std": [0.26862954, 0.26130258, 0.27577711], "resample": 3, "rescale_factor": 0.00392156862745098,
       "size": {"shortest_edge": 32}}

# 1. A Hugging Face directory as openai/clip-vit-base-patch32 is: eos_token_id 2, quick_gelu, f32.
m1 = model(2, "quick_gelu", 1, 0.15)
d1 = f"{out}/tiny_clip"
m1.save_pretrained(d1); t1 = tokenizer(24); t1.save_pretrained(d1)
json.dump(PRE, open(f"{d1}/preprocessor_config.json", "w"), indent=2)

# 2. A sentence-transformers directory with the older tokenizer files, another activation, the later eos rule, bf16, shards.
m2 = model(len(vocab) - 1, "gelu", 2, 0.15).to(torch.bfloat16)
d2 = f"{out}/sentence_clip"; inner = f"{d2}/0_CLIPModel"; os.makedirs(inner)
m2.save_pretrained(inner, max_shard_size="20KB")
save_legacy(inner)
json.dump({"tokenizer_class": "CLIPTokenizer", "model_max_length": 20, "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>",
           "pad_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "errors": "replace", "do_lower_case": True}, open(f"{inner}/tokenizer_config.json", "w"), indent=2)
# The numbers of older files: plain ints.
json.dump({"crop_size": 32, "do_center_crop": True, "do_normalize": True, "do_resize": True, "feature_extractor_type": "CLIPFeatureExtractor",
           "image_mean": [0.5, 0.4, 0.3], "image_std": [0.25, 0.3, 0.35], "resample": 3, "size": 32}, open(f"{inner}/preprocessor_config.json", "w"), indent=2)
json.dump([{"idx": 0, "name": "0", "path": "0_CLIPModel", "type": "sentence_transformers.models.CLIPModel"}], open(f"{d2}/modules.json", "w"), indent=2)
json.dump({"__version__": {"sentence_transformers": "2.2.0", "transformers": "4.20.0", "pytorch": "1.11.0"}}, open(f"{d2}/config_sentence_transformers.json", "w"))
m2 = m2.to(torch.float32)

texts = ["red shoes", "", " ", "Women's  LEATHER\tboots\n", "don't we've they'll I'm I'D it'S 'T", "café naïve Größe", "cafe\u0301 A\u030a",
         "日本語 привет мир ελληνικά ΟΔΟΣ", "size 42 1234 ½ ² Ⅷ", "!!! ... ??? -- <b>", "a_b-c/d\\e", "<|endoftext|> shoes", "<|startoftext|>x<|endoftext|>",
         "emoji 👟🏽 👨‍👩‍👧 ok", "zero\u200bwidth \u00a0nbsp\u3000wide\u2028line\x85next", "control\x00\x01 tab", "İstanbul ǅ ſ ẞ", "the " * 40, "x" * 100,
         "'sa 's's s's", "\u1e9b\u0323 \uac00 \u1112\u1161\u11ab", "A" * 3 + "\u0327\u0301", "½'ll 'LL", "<|ENDOFTEXT|>", "<|endoftext|", "a\u0345\u0301b ͅx", "ﬁ ﬂ ΐ ŉ", "\U0001d400 \u0660\u0661 \u2160"]
def ids(tok, s): return tok(s, truncation=True, max_length=tok.model_max_length)["input_ids"]

t2 = transformers.AutoTokenizer.from_pretrained(inner)
assert t2.model_max_length == 20, t2.model_max_length
def features(m, tok, texts):
    batch = tok(texts, padding="max_length", truncation=True, max_length=tok.model_max_length, return_tensors="pt")
    with torch.no_grad():
        r = m.get_text_features(input_ids=batch["input_ids"])
    return (r.pooler_output if hasattr(r, "pooler_output") else r).tolist()
def image_features(m, x):
    r = m.get_image_features(pixel_values=x)
    return r.pooler_output if hasattr(r, "pooler_output") else r

# Images of our own: gradients, noise, stripes; various shapes and kinds of file.
def picture(w, h, kind):
    y, x = np.mgrid[0:h, 0:w]
    if kind == "gradient": a = np.stack([x * 255 / max(w - 1, 1), y * 255 / max(h - 1, 1), (x + y) * 255 / max(w + h - 2, 1)], -1)
    elif kind == "noise": a = np.random.randint(0, 256, (h, w, 3))
    else: a = np.stack([(x // 3 % 2) * 255, (y // 5 % 2) * 255, ((x + y) // 4 % 2) * 255], -1)
    return Image.fromarray(a.astype(np.uint8))
imgs = f"{out}/images"; os.makedirs(imgs)
picture(61, 47, "noise").save(f"{imgs}/noise_61x47.png")
picture(33, 90, "stripes").save(f"{imgs}/stripes_33x90.png")
picture(20, 14, "gradient").save(f"{imgs}/small_20x14.png")
picture(32, 32, "noise").save(f"{imgs}/exact_32x32.png")
picture(120, 75, "gradient").save(f"{imgs}/photo_120x75.jpg", quality=90)
picture(64, 64, "noise").convert("L").save(f"{imgs}/gray_64x64.png")
picture(50, 40, "gradient").convert("L").save(f"{imgs}/gray_50x40.jpg", quality=85)
picture(45, 70, "stripes").quantize(7).save(f"{imgs}/palette_45x70.png")
rgba = picture(40, 55, "gradient").convert("RGBA"); alpha = Image.fromarray(np.random.randint(0, 256, (55, 40), dtype=np.uint8)); rgba.putalpha(alpha)
rgba.save(f"{imgs}/alpha_40x55.png")
picture(97, 64, "noise").save(f"{imgs}/progressive_97x64.jpg", quality=80, progressive=True)
p2 = transformers.models.clip.image_processing_pil_clip.CLIPImageProcessorPil.from_pretrained(inner)
names = sorted(os.listdir(imgs))
golden_images, all_pixels = [], []
for n in names:
    im = Image.open(f"{imgs}/{n}")
    x1 = processor()(im, return_tensors="pt")["pixel_values"][0]; x2 = p2(im, return_tensors="pt")["pixel_values"][0]
    assert list(x1.shape) == [3, 32, 32] == list(x2.shape)
    rgb = np.asarray(im.convert("RGB"))
    # What stands for the values: the bytes after resizing and cropping, from which the rest is arithmetic.
    mean, std = (np.array(PRE[k])[:, None, None] for k in ("image_mean", "image_std"))
    crop = np.rint((x1.numpy().astype(np.float64) * std + mean) * 255)
    assert np.abs((crop / 255 - mean) / std - x1.numpy()).max() < 1e-6
    golden_images.append({"name": n, "width": im.width, "height": im.height, "rgb_sum": int(rgb.astype(np.int64).sum()),
        "crop": crop.astype(np.uint8).tobytes().hex(), "pixel_values": x1.flatten()[::101].tolist(), "older": x2.flatten()[::37].tolist()})
    all_pixels.append(x1)
pixels = torch.stack(all_pixels)

# A step of training: queries against images, CLIP-like margins, plain SGD on both towers, embeddings and lowest layers frozen or not.
queries = ["red shoes", "women's leather boots", "a photo of the cat"]
def train(frozen):
    m = CLIPModel.from_pretrained(d1).eval()
    rates = {"query": 0.05, "items": 0.02}
    if frozen is not None:
        fixed = ["text_model.embeddings.", "vision_model.embeddings.", "vision_model.pre_layrnorm."] + [f"{t}.encoder.layers.{i}." for t in ("text_model", "vision_model") for i in range(frozen)]
        for n, p in m.named_parameters():
            if any(n.startswith(f) for f in fixed): p.requires_grad_(False)
    groups = {"query": [p for n, p in m.named_parameters() if n.startswith("text") and p.requires_grad],
              "items": [p for n, p in m.named_parameters() if n.startswith("vis") and p.requires_grad]}
    opts = [torch.optim.SGD(groups[k], lr=rates[k], weight_decay=0.001) for k in ("items", "query")]
    tok = t1(queries, padding="max_length", truncation=True, max_length=24, return_tensors="pt")["input_ids"]
    x = pixels[:4]
    losses = []; grads = None
    for step in range(4):
        for o in opts: o.zero_grad()
        q = m.get_text_features(input_ids=tok); q = q.pooler_output if hasattr(q, "pooler_output") else q
        i = image_features(m, x)
        s = torch.nn.functional.cosine_similarity(q[:, None], i[None], dim=-1, eps=1e-6)
        # query k clicked image k, all others were skipped: sigmoid(margin - (pos - neg))
        pos = torch.stack([s[k, k] for k in range(3) for j in range(4) if j != k]); neg = torch.stack([s[k, j] for k in range(3) for j in range(4) if j != k])
        loss = torch.sigmoid(0.1 - (pos - neg)).mean()
        loss.backward(); losses.append(loss.item())
        if step == 0: grads = {n: p.grad.flatten().tolist() for n, p in m.named_parameters() if p.grad is not None}
        for o in opts: o.step()
    # Of the large ones a part is kept.
    thin = lambda v: v if len(v) <= 64 else v[::31]
    return {"losses": losses, "gradients": {n: thin(g) for n, g in grads.items()},
            "parameters": {n: thin(p.detach().flatten().tolist()) for n, p in m.named_parameters() if p.requires_grad and n != "logit_scale"}}

golden = {"generator": f"torch {torch.__version__}, transformers {transformers.__version__}, pillow {Image.__version__}",
    "texts": [{"text": s, "ids": ids(t1, s), "ids_20": ids(t2, s)} for s in texts],
    "text_embeddings": features(m1, t1, texts), "sentence_text_embeddings": features(m2, t2, texts),
    "images": golden_images, "image_embeddings": image_features(m1, pixels).tolist(),
    "sentence_image_embeddings": image_features(m2, pixels).tolist(),
    "queries": queries, "training": {"all": train(None), "frozen_0": train(0), "frozen_1": train(1)},
    "parameter_names": [n for n, _ in m1.named_parameters()]}
def rounded(v):
    if isinstance(v, float): return float(f"{v:.7g}")
    if isinstance(v, list): return [rounded(x) for x in v]
    if isinstance(v, dict): return {k: rounded(x) for k, x in v.items()}
    return v
with open(f"{out}/golden.json", "w", encoding="utf-8") as f: json.dump(rounded(golden), f, ensure_ascii=True)
