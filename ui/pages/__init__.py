"""The pages of the web interface; each module draws one."""
