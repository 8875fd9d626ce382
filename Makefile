SHELL := bash

.DEFAULT_GOAL := help
.PHONY: help run dev seed test torture audit build

help: ## list these targets
	@awk -F ': .*## ' '/^[a-z]+:.* ## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile

run: build ## build the messenger and start it on http://127.0.0.1:3000
	exec target/release/digital-messages serve

dev: ## start it, and rebuild on every change
	scripts/setup build
	. scripts/env; exec cargo leptos watch -- serve

seed: build ## fill the database with example people and messages
	target/release/digital-messages seed

test: ## run every check: formatting, lints, tests, the browser tests
	scripts/setup build
	scripts/setup test
	scripts/test

torture: build ## break whatever can break, at full length, and look for messages lost or doubled
	scripts/setup test
	scripts/torture

# Two runs: only the second one fetches something, the list of known faults.
audit: ## check the licences, sources and known faults of the dependencies
	scripts/setup audit
	. scripts/env; cargo deny check bans licenses sources
	. scripts/env; cargo deny check advisories

build: ## build the messenger, ready to serve
	scripts/setup build
	. scripts/env; cargo leptos build --release --precompress
