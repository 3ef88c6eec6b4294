"""Hugging Face transformers' T5, timed: a process that reads one JSON object per line and answers with one.

{"do": "load", "folder": F, "dtype": "float32", "dropout": 0.0, "threads": 2, "device": "cpu"}
{"do": "train", "batch": 8, "source": 512, "target": 128, "steps": 3, "seed": 1}   -> seconds of each step, first loss
{"do": "generate", "batch": 1, "source": 512, "new": 64, "beams": 1, "seed": 1}   -> seconds, the generated ids
{"do": "peak"}                                                                     -> peak resident bytes since the last "peak"

Batches are made by formula, the same here and in the app; nothing is padded.
"""
import json
import sys
import time


def answer(**values):
    print(json.dumps(values), flush=True)


def ids(torch, rows, columns, seed, vocabulary):
    r = torch.arange(rows).unsqueeze(1)
    c = torch.arange(columns).unsqueeze(0)
    return 3 + (r * 7919 + c * 104729 + seed * 1299709) % (vocabulary - 3)


def peak():
    with open("/proc/self/status") as status:
        kib = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    with open("/proc/self/clear_refs", "w") as reset:
        reset.write("5")
    return kib * 1024


def main():
    try:
        import torch
        import transformers
        from transformers import T5Config, T5ForConditionalGeneration
    except Exception as e:  # whatever is missing is said, and the app goes on without a peer
        answer(error=f"{type(e).__name__}: {e}")
        return
    transformers.logging.set_verbosity_error()
    answer(torch=torch.__version__, transformers=transformers.__version__)
    model = optimizer = None
    for line in sys.stdin:
        request = json.loads(line)
        what = request["do"]
        if what == "load":
            torch.set_num_threads(request["threads"])
            config = T5Config.from_pretrained(request["folder"], dropout_rate=request["dropout"])
            model = T5ForConditionalGeneration.from_pretrained(request["folder"], config=config)
            model = model.to(device=request["device"], dtype=getattr(torch, request["dtype"]))
            optimizer = None
            answer(parameters=sum(p.numel() for p in model.parameters()))
        elif what == "train":
            model.train()
            optimizer = optimizer or torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
            vocabulary = model.config.vocab_size
            source = ids(torch, request["batch"], request["source"], request["seed"], vocabulary).to(model.device)
            labels = ids(torch, request["batch"], request["target"], request["seed"] + 1, vocabulary).to(model.device)
            seconds, first = [], None
            for _ in range(request["steps"]):
                start = time.perf_counter()
                loss = model(input_ids=source, attention_mask=torch.ones_like(source), labels=labels).loss
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
                this = loss.item()  # waits for a device that works on its own
                first = this if first is None else first
                seconds.append(time.perf_counter() - start)
            answer(seconds=seconds, loss=first)
        elif what == "generate":
            model.eval()
            source = ids(torch, request["batch"], request["source"], request["seed"], model.config.vocab_size).to(model.device)
            with torch.no_grad():
                start = time.perf_counter()
                out = model.generate(source, attention_mask=torch.ones_like(source), max_new_tokens=request["new"],
                                     min_new_tokens=request["new"], do_sample=False, num_beams=request.get("beams", 1), use_cache=True)
                generated = out[:, 1:].tolist()
                seconds = time.perf_counter() - start
            answer(seconds=seconds, ids=generated)
        elif what == "peak":
            answer(bytes=peak())
        else:
            answer(error=f"no such request: {what}")


main()
