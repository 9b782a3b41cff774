"""How does a simulated city get its history? Its services' stories become one script, which is played in memory."""
