"""What does the marketplace do when something happened or fell due? One file per noun, pure but for `ask`."""
