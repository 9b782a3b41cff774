"""What does employment keep about a person? One file per noun."""
