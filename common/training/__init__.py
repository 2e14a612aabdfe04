"""Reinforcement learning from outcomes, and rejection-sampling fine-tuning, of any causal language model with
verifiable answers.

`grpo.train` and `rejection.train` run here, for models of up to some millions of parameters, on a CPU or one GPU;
`trl_backend.train` hands the same prompts, reward and `grpo.Config` to TRL, for large models. `heads` trains a
probability that is read from a model's states, such as P(IK); `prm` one after every step of a solution.
"""
